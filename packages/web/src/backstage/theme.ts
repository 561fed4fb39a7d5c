// Owns: how Backstage looks: one accent, system fonts, a 4/8 px grid, and colours on which text reads at WCAG AA, light and dark.
import {
  ActionIcon,
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  FileInput,
  Input,
  type MantineColorsTuple,
  Modal,
  Notification,
  Paper,
  Table,
  Tooltip,
} from '@mantine/core'

const indigo: MantineColorsTuple = [
  '#eef0fd',
  '#dde1fb',
  '#bfc7f6',
  '#9dabff',
  '#7586f0',
  '#4a60e4',
  '#3d54d6',
  '#3348bd',
  '#2b3da1',
  '#1c2240',
]

const dark: MantineColorsTuple = [
  '#e9ebef',
  '#c8ccd5',
  '#a0a7b4',
  '#8b93a1',
  '#343945',
  '#272b34',
  '#1c1f26',
  '#0d0e11',
  '#121419',
  '#060708',
]

const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif'

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 6, dark: 5 },
  colors: { indigo, dark },
  fontFamily: sans,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontFamily: sans,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '24px', lineHeight: '32px' },
      h2: { fontSize: '17px', lineHeight: '24px' },
      h3: { fontSize: '15px', lineHeight: '20px' },
    },
  },
  fontSizes: { xs: '12px', sm: '14px', md: '15px', lg: '17px', xl: '20px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
        padding: 'lg',
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 120 },
      },
      styles: { title: { fontWeight: 600 } },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    FileInput: FileInput.extend({ defaultProps: { clearButtonProps: { 'aria-label': 'Remove the file' } } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 200, events: { hover: true, focus: true, touch: true } } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500 } }),
    Button: Button.extend({ styles: { label: { fontWeight: 500 } } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    InputWrapper: Input.Wrapper.extend({ defaultProps: { inputWrapperOrder: ['label', 'description', 'input', 'error'] } }),
  },
})

type Ground = readonly [ground: string, words: string]

/** Badges, notes and chosen rows: a quiet ground, and words that read on it at 4.5:1 and more. Mantine's own do not. */
const tones: Readonly<Record<string, { light: Ground; dark: Ground }>> = {
  red: { light: ['#fdecea', '#a61b14'], dark: ['#3a1a1a', '#ffa8a1'] },
  orange: { light: ['#fdf0e2', '#8a4300'], dark: ['#38230f', '#ffbf80'] },
  yellow: { light: ['#fdf4d7', '#735000'], dark: ['#35290c', '#f2cd6b'] },
  green: { light: ['#e6f6ec', '#17632f'], dark: ['#12301d', '#7fdba0'] },
  blue: { light: ['#e7f1fd', '#0f4f94'], dark: ['#12293f', '#8cc4ff'] },
  violet: { light: ['#f1ecfd', '#5a34ab'], dark: ['#271d42', '#c3b0ff'] },
  indigo: { light: ['#e8ebfc', '#2b3da1'], dark: ['#1f2650', '#b3beff'] },
  gray: { light: ['#eef0f3', '#474d59'], dark: ['#23262e', '#b7bdc8'] },
}

function toneVariables(scheme: 'light' | 'dark'): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tones).flatMap(
      ([
        name,
        {
          [scheme]: [ground, words],
        },
      ]) => [
        [`--mantine-color-${name}-light`, ground],
        [`--mantine-color-${name}-light-hover`, `color-mix(in srgb, ${ground} 92%, ${words})`],
        [`--mantine-color-${name}-light-color`, words],
      ],
    ),
  )
}

/** What Mantine's variables are here. Its quiet and error texts are too pale for AA. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...toneVariables('light'),
    '--mantine-color-text': '#15171c',
    '--mantine-color-dimmed': '#565c68',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-default-border': '#e2e4ea',
    '--mantine-color-red-filled': '#b3261e',
    '--mantine-color-red-filled-hover': '#96201a',
    '--voila-sunk': '#f6f7f9',
    '--voila-panel': '#ffffff',
    '--voila-warn': '#8a4b00',
    '--voila-good': '#1a6b34',
  },
  dark: {
    ...toneVariables('dark'),
    '--mantine-color-dimmed': '#a0a7b4',
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-default': '#16181e',
    '--mantine-color-default-border': '#2c313b',
    '--mantine-color-red-filled': '#c5352b',
    '--mantine-color-red-filled-hover': '#a92c23',
    '--mantine-color-anchor': '#9dabff',
    '--voila-sunk': '#121419',
    '--voila-panel': '#16181e',
    '--voila-warn': '#f5b860',
    '--voila-good': '#6fd08c',
  },
})
