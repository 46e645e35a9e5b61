import type { CatalogueAnswer, Plan } from '../../lib/api.ts';

/**
 * What can be ordered, and what it costs. Names of nests, eggs and locations are those of a Pterodactyl panel as it is
 * installed; the ids are ours and end up in rows, so they never change.
 */
interface Software {
  id: string;
  type_id: string;
  name: string;
  version: string;
  nest: string;
  egg: string;
}

const TYPES: CatalogueAnswer['data']['types'] = [
  { id: 'minecraft', name: 'Minecraft', description: 'Worlds for friends, from vanilla to modded.' },
  { id: 'rust', name: 'Rust', description: 'Survival with wipes on your own schedule.' },
  { id: 'voice', name: 'Voice', description: 'A quiet place to talk while you play.' },
];

const SOFTWARE: readonly Software[] = [
  { id: 'paper', type_id: 'minecraft', name: 'Paper', version: 'latest', nest: 'Minecraft', egg: 'Paper' },
  {
    id: 'vanilla',
    type_id: 'minecraft',
    name: 'Vanilla',
    version: 'latest',
    nest: 'Minecraft',
    egg: 'Vanilla Minecraft',
  },
  { id: 'forge', type_id: 'minecraft', name: 'Forge', version: 'latest', nest: 'Minecraft', egg: 'Forge Minecraft' },
  { id: 'rust', type_id: 'rust', name: 'Rust', version: 'latest', nest: 'Rust', egg: 'Rust' },
  { id: 'mumble', type_id: 'voice', name: 'Mumble', version: 'latest', nest: 'Voice Servers', egg: 'Mumble Server' },
  {
    id: 'teamspeak',
    type_id: 'voice',
    name: 'TeamSpeak 3',
    version: 'latest',
    nest: 'Voice Servers',
    egg: 'Teamspeak3 Server',
  },
];

const LOCATIONS: CatalogueAnswer['data']['locations'] = [
  { id: 'fsn', name: 'Falkenstein', country: 'Germany', available: true },
  { id: 'hel', name: 'Helsinki', country: 'Finland', available: true },
  { id: 'ash', name: 'Ashburn', country: 'United States', available: true },
  { id: 'sgp', name: 'Singapore', country: 'Singapore', available: false },
];

const PLANS: readonly Plan[] = [
  {
    id: 'spark',
    name: 'Spark',
    description: 'A small world for two or three. Paid once.',
    plan_cost: 60,
    setup_fee: 0,
    per_hour: null,
    memory_mb: 1_024,
    disk_mb: 5_120,
    cpu_percent: 50,
    backups: 1,
  },
  {
    id: 'ember',
    name: 'Ember',
    description: 'Room for ten and a few plugins.',
    plan_cost: 2,
    setup_fee: 0,
    per_hour: 2,
    memory_mb: 3_072,
    disk_mb: 15_360,
    cpu_percent: 100,
    backups: 3,
  },
  {
    id: 'blaze',
    name: 'Blaze',
    description: 'Modpacks, events, a whole community.',
    plan_cost: 6,
    setup_fee: 0,
    per_hour: 6,
    memory_mb: 8_192,
    disk_mb: 40_960,
    cpu_percent: 250,
    backups: 7,
  },
];

/** What was chosen, by id. */
export interface ServerChoice {
  server_type_id: string;
  server_software_id: string;
  location_id: string;
  plan_id: string;
}

/** What a choice means; null when a part does not exist, is not available, or does not belong together. */
export function findInCatalogue(choice: ServerChoice): { software: Software; location: string; plan: Plan } | null {
  const software = SOFTWARE.find(
    (item) => item.id === choice.server_software_id && item.type_id === choice.server_type_id,
  );
  const location = LOCATIONS.find((item) => item.id === choice.location_id && item.available);
  const plan = PLANS.find((item) => item.id === choice.plan_id);
  if (software === undefined || location === undefined || plan === undefined) return null;
  return { software, location: location.id, plan };
}

/** The catalogue as pages show it: without the panel's names. */
export function toCatalogue(provisioner: 'pterodactyl' | 'simulator'): CatalogueAnswer['data'] {
  return {
    types: TYPES,
    software: SOFTWARE.map(({ id, type_id, name, version }) => ({ id, type_id, name, version })),
    locations: LOCATIONS,
    plans: [...PLANS],
    provisioner,
  };
}
