import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  createTheme,
  Modal,
  Paper,
  type MantineColorsTuple,
} from '@mantine/core';

const iris: MantineColorsTuple = [
  '#f0effc',
  '#dedcf7',
  '#bcb7ee',
  '#988fe6',
  '#7a6fdf',
  '#685bda',
  '#5a4dd2',
  '#4b3fc4',
  '#4237ad',
  '#382e98',
];

export const theme = createTheme({
  colors: { iris },
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 5 },
  fontFamily: 'Inter, system-ui, "Noto Sans KR", "Noto Sans CJK KR", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: 'md',
  headings: {
    fontWeight: '640',
    sizes: {
      h1: { fontSize: '1.6rem' },
      h2: { fontSize: '1.25rem' },
      h4: { fontSize: '0.975rem' },
    },
  },
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 'md' } }),
    Alert: Alert.extend({ defaultProps: { variant: 'light' } }),
    Badge: Badge.extend({
      defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 550, size: 'md' },
    }),
    Button: Button.extend({ defaultProps: { fw: 550 } }),
    // Locking the page's scroll would inject a style element that the CSP refuses.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true } }),
    Paper: Paper.extend({ defaultProps: { radius: 'md' } }),
  },
});
