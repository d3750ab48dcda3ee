import { Button, Group, Stack, Text } from '@mantine/core';
import { Dialog } from '@/components/Dialog';

interface ConfirmDialogProps {
  title: string;
  body: string;
  no: string;
  yes: string;
  onYes: () => void;
  onClose: () => void;
}

/** Asks before what cannot be taken back. */
export function ConfirmDialog({ title, body, no, yes, onYes, onClose }: ConfirmDialogProps) {
  return (
    <Dialog onClose={onClose} title={title}>
      <Stack gap="md">
        <Text size="sm">{body}</Text>
        <Group justify="flex-end">
          <Button data-autofocus variant="default" onClick={onClose}>
            {no}
          </Button>
          <Button color="red.9" onClick={onYes}>
            {yes}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
