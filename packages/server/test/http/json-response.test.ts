import { expect, test } from 'vitest';
import { JsonResponse, respondJson } from '../../src/http/json-response.ts';

const BODY = { text: 'Größe ✓', list: [1, null] };
const INIT = { status: 201, headers: { 'cache-control': 'no-store' } };

const open = () => [respondJson(BODY, INIT), Response.json(BODY, INIT)] as const;

test('a JSON response is read as one of `Response.json`, in every way', async () => {
  const ways: ((response: Response) => Promise<unknown>)[] = [
    (response) => response.text(),
    (response) => response.json(),
    async (response) => Buffer.from(await response.arrayBuffer()).toString(),
    async (response) => (await response.blob()).text(),
    async (response) => (await response.blob()).type,
    (response) => response.clone().text(),
    (response) => new Response(response.body, response).text(),
    async (response) => [response.status, response.ok, response.bodyUsed, [...response.headers]],
    async (response) => [...new Response(null, response).headers],
    (response) => response.formData().catch((error: Error) => error.name),
  ];
  for (const read of ways) {
    const [ours, plain] = open();
    expect(await read(ours)).toEqual(await read(plain));
  }
});

test('a body that was read is used, and cannot be read again', async () => {
  const [ours] = open();
  expect(ours.bodyUsed).toBe(false);
  expect(JsonResponse.textOf(ours)).toBe(JSON.stringify(BODY));
  await ours.text();
  expect(ours.bodyUsed).toBe(true);
  await expect(ours.text()).rejects.toThrow(TypeError);
  // A server that finds it so sends what is left, as of every other response.
  expect(JsonResponse.textOf(ours)).toBeNull();
  expect(JsonResponse.textOf(Response.json(BODY))).toBeNull();
});

test('a content type of the caller is kept', () => {
  const response = respondJson(BODY, { headers: { 'content-type': 'application/problem+json' } });
  expect(response.headers.get('content-type')).toBe('application/problem+json');
});
