/** An order that every panel of the tests can carry out: 60 credits in all. */
export const SPARK = {
  name: 'Harbour Town',
  server_type_id: 'minecraft',
  server_software_id: 'paper',
  location_id: 'fsn',
  plan_id: 'spark',
};

/** A server by the hour, which every panel of the tests can make: 2 credits per hour. */
export const EMBER = { ...SPARK, name: 'Survival world', plan_id: 'ember' };
