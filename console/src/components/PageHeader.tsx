import { Box, Group, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

interface PageHeaderProps {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
}

/** The page's one `h1`, its sentence, and its controls; also names the browser's tab. */
export function PageHeader({ title, lead, children }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · R1 Platform`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-end" gap="md" mb="lg">
      <Box>
        <Title order={1}>{title}</Title>
        {lead !== undefined && (
          <Text c="dimmed" mt={4}>
            {lead}
          </Text>
        )}
      </Box>
      <Group gap="sm">{children}</Group>
    </Group>
  );
}
