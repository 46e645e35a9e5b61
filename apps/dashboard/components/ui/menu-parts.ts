/** What draws a menu: loaded when somebody uses the page. */
export { Menu as MenuParts } from 'radix-ui/internal';
