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

/** Bluish greys; index 6 is the surface of inputs, 7 of panels, 9 of the page. */
const dark: MantineColorsTuple = [
  '#e7e7ec',
  '#c3c4cd',
  '#a3a5b1',
  '#777a89',
  '#3c404d',
  '#2b2e39',
  '#20232c',
  '#191b23',
  '#15171d',
  '#111218',
];

export const theme = createTheme({
  colors: { iris, dark },
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
      defaultProps: {
        variant: 'light',
        radius: 'sm',
        tt: 'none',
        fw: 550,
        size: 'md',
        miw: 'max-content',
      },
    }),
    Button: Button.extend({ defaultProps: { fw: 550 } }),
    // Locking the page's scroll would inject a style element that the CSP refuses.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, centered: true, padding: 'lg' },
      classNames: { title: 'dialogTitle' },
    }),
    Paper: Paper.extend({ defaultProps: { radius: 'md' } }),
  },
});
