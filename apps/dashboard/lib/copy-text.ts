/**
 * Copies a text. Pages without https have no `navigator.clipboard`: there the browser's older command does it.
 *
 * @throws the browser does not allow it.
 */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  let isCopied = false;
  const handleCopy = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    isCopied = true;
  };
  document.addEventListener('copy', handleCopy, { once: true });
  document.execCommand('copy');
  document.removeEventListener('copy', handleCopy);
  if (!isCopied) throw new Error('The browser does not copy.');
}
