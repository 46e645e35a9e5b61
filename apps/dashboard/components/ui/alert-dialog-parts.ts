/** What draws an alert dialog: loaded when somebody uses the page. */
export { AlertDialog as AlertDialogParts } from 'radix-ui';
