import {
  type CSSVariablesResolver,
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core';
import { strings } from './ui/strings.ts';

// The promo pages' indigo, so that what a visitor and an administrator see is one product.
const brand: MantineColorsTuple = [
  '#f1f0fe',
  '#e2e0fd',
  '#c6c2fb',
  '#a7a1f6',
  '#8b83f1',
  '#6b60e6',
  '#5447d8',
  '#4338ca',
  '#362da6',
  '#2a2380',
];

// Warm paper greys by day, and the same hue as the ink by night: neither is a pure grey.
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f3f1ed',
  '#e9e6e0',
  '#dedad3',
  '#c9c4bd',
  '#a5a1a8',
  '#7d798a',
  '#5a5668',
  '#3a3748',
  '#1c1a27',
];

const dark: MantineColorsTuple = [
  '#f3f1f9',
  '#d6d2e2',
  '#b6b1c5',
  '#8d889e',
  '#3a3747',
  '#2c2937',
  '#22202c',
  '#1a1823',
  '#15131d',
  '#0e0d14',
];

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 5 },
  colors: { brand, gray, dark },
  black: '#1c1a27',
  // Arial stands before system-ui: on a Linux desktop without a chosen font, the latter is often a very wide one.
  fontFamily:
    '-apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Roboto, "Noto Sans", Cantarell, "Helvetica Neue", Arial, system-ui, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", "Segoe UI Mono", "Roboto Mono", Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  radius: { xs: '0.1875rem', sm: '0.375rem', md: '0.5625rem', lg: '0.875rem', xl: '1.5rem' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 250, events: { hover: true, focus: true, touch: true } } },
    Modal: {
      defaultProps: { closeButtonProps: { 'aria-label': strings.close } },
      styles: { title: { fontSize: '1.125rem', fontWeight: 650, letterSpacing: '-0.012em' } },
    },
    InputWrapper: {
      defaultProps: { withAsterisk: false },
      // Mantine sets a label right on its field; and a description belongs to the label above it.
      styles: {
        label: { marginBottom: '0.3125rem' },
        description: { marginTop: '-0.1875rem', marginBottom: '0.375rem' },
      },
    },
  },
});

// Each names one of our variables, which has a value for either scheme in theme.css.
const ours = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--soft)',
  '--mantine-color-placeholder': 'var(--faint)',
  '--mantine-color-default-border': 'var(--field-line)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-brand-text': 'var(--accent)',
  '--mantine-color-brand-light': 'var(--accent-tint)',
  '--mantine-color-brand-light-hover': 'var(--accent-tint-hover)',
  '--mantine-color-brand-light-color': 'var(--accent)',
};

/** Mantine's colours that are not derived from the palette. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: ours, dark: ours });

/** public/color-scheme.js reads the same key before the first paint. */
export const colorSchemes = localStorageColorSchemeManager({ key: 'sequitur-color-scheme' });
