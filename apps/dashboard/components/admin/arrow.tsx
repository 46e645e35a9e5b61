/** From what was to what is, along the line. */
export function Arrow() {
  return <span className="inline-block rtl:-scale-x-100">→</span>;
}
