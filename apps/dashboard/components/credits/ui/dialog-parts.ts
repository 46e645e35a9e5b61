/** What draws a dialog: loaded when somebody uses the page. */
export { Dialog as DialogParts } from 'radix-ui';
