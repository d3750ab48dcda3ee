import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  title: string;
  body: string;
  children?: ReactNode;
}

/** Says what will appear here and what the next step is. */
export function EmptyState({ title, body, children }: EmptyStateProps) {
  return (
    <Stack gap="sm" align="flex-start" py="xl" maw={720} w="100%">
      <Title order={2} size="h3">
        {title}
      </Title>
      <Text c="dimmed">{body}</Text>
      {children}
    </Stack>
  );
}
