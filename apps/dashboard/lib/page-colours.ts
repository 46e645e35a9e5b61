/** The grounds that text stands on, as `globals.css` sets them: for the frame of the browser, and to measure contrast. */
export const PAGE_COLOURS = {
  light: { page: '#f9f8f7', card: '#ffffff' },
  dark: { page: '#0d0d0c', card: '#151413' },
} as const;
