/** Of a dashboard that takes hostile requests: no limit ends the run, and each request names its own address. */
export const CORPUS_ENVIRONMENT = {
  DEMO: '1',
  TRUST_PROXY: '1',
  REQUESTS_PER_ACCOUNT: '0',
  REQUESTS_PER_ADDRESS: '0',
  ADJUST_MAX: '1000000000',
  ADJUST_DAY_MAX: '1000000000',
};
