/** Set before the first paint: a page never shows the other theme first. */
export const THEME_SCRIPT =
  "const theme=localStorage.getItem('theme')??(matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light');" +
  "document.documentElement.classList.toggle('dark',theme==='dark')";
