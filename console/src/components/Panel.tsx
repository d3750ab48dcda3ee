import { Box, Group, Paper, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

interface PanelProps {
  title?: string;
  summary?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

/** One bordered part of a page with its own heading. */
export function Panel({ title, summary, action, children }: PanelProps) {
  const id = useId();
  return (
    <Paper component="section" withBorder p="lg" aria-labelledby={title ? id : undefined}>
      {title !== undefined && (
        <Group justify="space-between" align="flex-start" wrap="nowrap" mb="md">
          <Box miw={0}>
            <Title id={id} order={2} size="h4">
              {title}
            </Title>
            {summary !== undefined && (
              <Text size="sm" c="dimmed" mt={2}>
                {summary}
              </Text>
            )}
          </Box>
          {action}
        </Group>
      )}
      {children}
    </Paper>
  );
}
