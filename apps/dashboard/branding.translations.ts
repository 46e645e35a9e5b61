import type { BrandingTranslation } from './lib/branding-shape.ts';

/** The sentences and the unit of `branding.ts` in the other languages. Without a language here, they stay as they are there. */
export const BRANDING_TRANSLATIONS: BrandingTranslation = {
  de: {
    description: 'Gameserver, bezahlt mit Credits, und ein Guthaben, das in jedem offenen Tab stimmt.',
    promise: 'Jeder Credit hat einen Grund, und jeder offene Tab zeigt dieselbe Zahl.',
    docs: 'Doku',
    unit: { title: 'Credits', many: 'Credits', forms: { one: 'Credit', other: 'Credits' } },
  },
  es: {
    description: 'Servidores de juegos que se pagan con créditos, y un saldo correcto en cada pestaña abierta.',
    promise: 'Cada crédito tiene un motivo, y cada pestaña abierta muestra el mismo número.',
    docs: 'Documentación',
    unit: { title: 'Créditos', many: 'créditos', forms: { one: 'crédito', other: 'créditos' } },
  },
  pt: {
    description: 'Servidores de jogos pagos com créditos e um saldo correto em todas as abas abertas.',
    promise: 'Cada crédito tem um motivo, e todas as abas abertas mostram o mesmo número.',
    docs: 'Documentação',
    unit: { title: 'Créditos', many: 'créditos', forms: { one: 'crédito', other: 'créditos' } },
  },
  ar: {
    description: 'خوادم ألعاب تدفع ثمنها بالأرصدة، ورصيد صحيح في كل تبويب مفتوح.',
    promise: 'لكل رصيد سبب، وكل تبويب مفتوح يعرض الرقم نفسه.',
    docs: 'التوثيق',
    unit: {
      title: 'الأرصدة',
      many: 'أرصدة',
      forms: { zero: 'رصيد', one: 'رصيد', two: 'رصيدان', few: 'أرصدة', many: 'رصيدًا', other: 'رصيد' },
    },
  },
};
