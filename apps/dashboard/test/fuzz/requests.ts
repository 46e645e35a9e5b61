import fc, { type Arbitrary } from 'fast-check';
import { framing } from './framing.ts';
import { sketchesOf, type OpenApiDocument } from './from-openapi.ts';
import { mutation } from './mutations.ts';
import { isCostly, PAGES, ROUTES } from './recorded.ts';
import type { WireRequest } from './wire.ts';

/** Every request of a run: recorded or generated, damaged in some places, and written well or badly. */
export function requestsOf(document: OpenApiDocument): Arbitrary<WireRequest> {
  const sketch = fc.oneof(
    { weight: 13, arbitrary: fc.constantFrom(...ROUTES.filter((route) => !isCostly(route))) },
    { weight: 5, arbitrary: sketchesOf(document) },
    { weight: 1, arbitrary: fc.constantFrom(...PAGES, ...ROUTES.filter(isCostly)) },
  );
  return fc
    .tuple(sketch, fc.array(mutation, { maxLength: 3, size: 'max' }), framing)
    .map(([base, mutations, write]) => {
      const damaged = mutations.reduce((one, mutate) => mutate(one), base);
      return { as: damaged.as, ...write(damaged) };
    });
}
