import { Skeleton, Stack } from '@mantine/core';

/** Stands for the lines of a list that is awaited. */
export function Lines({ count = 4 }: { count?: number }) {
  return (
    <Stack gap="sm">
      {Array.from({ length: count }, (_, line) => (
        <Skeleton key={line} height={36} radius="sm" />
      ))}
    </Stack>
  );
}
