/** For a control that holds an address, a code or a user name: written from left to right, at the side where the label is. */
export const LTR = { dir: 'ltr', className: 'rtl:text-right' } as const;
