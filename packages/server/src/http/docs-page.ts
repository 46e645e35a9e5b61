/**
 * The OpenAPI document as a page: nothing loaded, no script, and a policy of its own that allows exactly its one style.
 *
 * Everything on it comes from the document and the error table, and everything is escaped, although all of it is ours:
 * the base path is the host's.
 */
import { createHash } from 'node:crypto';
import { CREDITS_ERRORS } from 'realtime-credits/contract';
import { DOCS_STYLE } from './docs-style.ts';
import type { JsonSchema, OpenApiDocument, Operation } from './openapi.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? '');
}

/** The document's prose: plain, but for words in backticks. */
function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function refName(schema: JsonSchema): string | undefined {
  const ref = schema['$ref'];
  return typeof ref === 'string' ? ref.slice(ref.lastIndexOf('/') + 1) : undefined;
}

/** A schema in a word or two. */
function kind(schema: JsonSchema): string {
  const name = refName(schema);
  if (name !== undefined) return `<a href="#${escape(name)}">${escape(name)}</a>`;
  const alternatives = schema['anyOf'] as JsonSchema[] | undefined;
  if (alternatives !== undefined) return alternatives.map(kind).join(' or ');
  const type = schema['type'];
  if (Array.isArray(type)) return escape(type.join(' or '));
  if (type === 'array') return `list of ${kind((schema['items'] ?? {}) as JsonSchema)}`;
  if (schema['format'] === 'date-time') return 'instant';
  return escape(typeof type === 'string' ? type : 'anything');
}

function note(schema: JsonSchema): string {
  const values = schema['enum'] as string[] | undefined;
  const list = values?.map((value) => `<code>${escape(value)}</code>`).join(', ');
  const description = typeof schema['description'] === 'string' ? prose(schema['description']) : '';
  return [description, list].filter(Boolean).join(' ');
}

function table(rows: string[][]): string {
  const body = rows.map(
    ([name, middle, text]) => `<tr><td>${name}</td><td class="kind">${middle}</td><td>${text}</td></tr>`,
  );
  return `<div class="scroll"><table>${body.join('')}</table></div>`;
}

function fields(schema: JsonSchema): string {
  const required = new Set(schema['required'] as string[] | undefined);
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const optional = (name: string): string => (required.has(name) ? '' : ', optional');
  return table(
    properties.map(([name, value]) => [`<code>${escape(name)}</code>`, `${kind(value)}${optional(name)}`, note(value)]),
  );
}

function operation(path: string, method: string, { security, ...about }: Operation): string {
  const parameters = (about.parameters ?? []).map((parameter) => [
    `<code>${escape(parameter.name)}</code>`,
    `${parameter.in}, ${kind(parameter.schema)}`,
    prose(parameter.description),
  ]);
  const body = about.requestBody?.content['application/json'];
  const responses = Object.entries(about.responses).map(([status, response]) => {
    const content = Object.values(response.content ?? {})[0];
    const shape = content === undefined || refName(content.schema) === undefined ? '' : kind(content.schema);
    return [`<code>${status}</code>`, shape, prose(response.description)];
  });
  return `<article id="${escape(about.operationId)}">
<h3><span class="method">${method.toUpperCase()}</span><span class="path">${escape(path)}</span><span class="open">${security === undefined ? 'signed in' : 'anybody'}</span></h3>
<p><strong>${escape(about.summary)}.</strong> ${prose(about.description)}</p>
${parameters.length > 0 ? `<h4>You send</h4>${table(parameters)}` : ''}${body === undefined ? '' : `<h4>You send</h4>${fields(body.schema)}`}
<h4>You get</h4>${table(responses)}
</article>`;
}

function errors(): string {
  const rows = Object.entries(CREDITS_ERRORS).map(([code, { status, retryable, title }]) => [
    `<code>${code}</code>`,
    status === null ? 'in the client' : String(status),
    `${escape(title)}.${retryable ? ' <span class="need">Worth trying again.</span>' : ''}`,
  ]);
  return `<article id="errors">${table(rows)}</article>`;
}

/**
 * Renders the page, and the `Content-Security-Policy` to send with it.
 */
export function createDocsPage(document: OpenApiDocument): { html: string; policy: string } {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => ({ path, method, each })),
  );
  const schemas = Object.entries(document.components.schemas);
  const link = (id: string, text: string): string => `<li><a href="#${escape(id)}">${escape(text)}</a></li>`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(document.info.title)}: the wire</title>
<style>${DOCS_STYLE}</style>
</head>
<body>
<div class="page">
<nav aria-label="On this page">
<div><h2>Routes</h2><ul>${operations.map(({ each }) => link(each.operationId, each.summary)).join('')}</ul></div>
<div><h2>Shapes</h2><ul>${schemas.map(([name]) => link(name, name)).join('')}</ul><h2>Refusals</h2><ul>${link('errors', 'Error codes')}</ul></div>
</nav>
<main>
<h1>${escape(document.info.title)}</h1>
<p class="lead">${prose(document.info.description)}</p>
<h2>Routes</h2>
${operations.map(({ path, method, each }) => operation(path, method, each)).join('\n')}
<h2>Shapes</h2>
${schemas.map(([name, schema]) => `<article id="${escape(name)}"><h3>${escape(name)}</h3>${schema['properties'] === undefined ? `<p>${note(schema)}</p>` : fields(schema)}</article>`).join('\n')}
<h2>Error codes</h2>
${errors()}
</main>
</div>
</body>
</html>
`;
  const hash = createHash('sha256').update(DOCS_STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html, policy };
}
