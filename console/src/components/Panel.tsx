import { Box, Group, Paper, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

interface PanelProps {
  title?: string;
  summary?: ReactNode;
  action?: ReactNode;
  /** As high as its neighbours in a grid. */
  fill?: boolean;
  children: ReactNode;
}

/** One bordered part of a page with its own heading. */
export function Panel({ title, summary, action, fill, children }: PanelProps) {
  const id = useId();
  return (
    <Paper
      component="section"
      withBorder
      p="lg"
      h={fill ? '100%' : undefined}
      aria-labelledby={title ? id : undefined}
    >
      {title !== undefined && (
        <Box mb="md">
          <Group justify="space-between" wrap="nowrap" mih={26}>
            <Title id={id} order={2} size="h4">
              {title}
            </Title>
            {action}
          </Group>
          {summary !== undefined && (
            <Text size="sm" c="dimmed" mt={2}>
              {summary}
            </Text>
          )}
        </Box>
      )}
      {children}
    </Paper>
  );
}
