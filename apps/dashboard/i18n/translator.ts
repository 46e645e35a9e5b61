import type { Messages, NamespaceKeys, NestedKeyOf, useTranslations } from 'next-intl';

/** What writes the texts of an area, for functions that no component is: `useTranslations` and `getTranslations` make one. */
export type Translator<Name extends NamespaceKeys<Messages, NestedKeyOf<Messages>>> = ReturnType<
  typeof useTranslations<Name>
>;
