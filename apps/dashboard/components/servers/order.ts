import type { CatalogueAnswer, Plan } from '@/lib/api';

type Catalogue = CatalogueAnswer['data'];

/** What a person has chosen so far, as ids of the catalogue. */
export interface Order {
  typeId: string;
  softwareId: string;
  locationId: string;
  planId: string;
  name: string;
}

/** The first of everything that can be had: a complete order, but for the name. */
export function toFirstOrder(catalogue: Catalogue): Order {
  const typeId = catalogue.types[0]?.id ?? '';
  return {
    typeId,
    softwareId: toSoftware(catalogue, typeId)[0]?.id ?? '',
    locationId: catalogue.locations.find(({ available }) => available)?.id ?? '',
    planId: catalogue.plans[0]?.id ?? '',
    name: '',
  };
}

/** The software that runs a type. */
export function toSoftware(catalogue: Catalogue, typeId: string): Catalogue['software'] {
  return catalogue.software.filter((software) => software.type_id === typeId);
}

/** Whole credits that are charged when it runs: the price or the first hour, and the setup. */
export function toTotal(plan: Plan): number {
  return plan.plan_cost + plan.setup_fee;
}

/** Why a name cannot be used, as the text of `servers.create` that says it; null when it can. */
export function checkName(name: string): 'nameShort' | 'nameLong' | 'nameLetters' | null {
  const trimmed = name.trim();
  if (trimmed.length < 3) return 'nameShort';
  if (trimmed.length > 40) return 'nameLong';
  if (!/^[\p{L}\p{N} ._'-]+$/u.test(trimmed)) return 'nameLetters';
  return null;
}
