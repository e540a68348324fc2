import type { JsonSchema } from '../../catalog/index.ts'
import { exampleOf } from '../../catalog/index.ts'
import { toJson } from '../../core/json.ts'
import type {
  ApiResponse,
  Method,
  OpenApiDocument,
  Operation,
  Parameter,
  Reference,
} from '../openapi/types.ts'
import { Html, html, prose } from './html.ts'
import { SchemaView } from './schema-view.ts'
import { STYLE } from './style.ts'

interface Entry {
  id: string
  tag: string
  method: Method
  path: string
  operation: Operation
  parameters: Parameter[]
}

/**
 * A page for people, made of an OpenAPI document of ours. It has no script and loads nothing.
 *
 * @param nonce what the Content-Security-Policy allows the style by
 * @param base where the API is as the reader's browser sees it, for lines to paste
 */
export function referencePage(document: OpenApiDocument, nonce: string, base: string): string {
  const view = new SchemaView(document.components.schemas)
  const entries = entriesOf(document)
  const sections = document.tags.map(({ name, description }) => {
    const shown = entries.filter(({ tag }) => tag === name)
    if (shown.length === 0) return new Html('')
    return html`<section><h2 id="${slug(name)}">${name}</h2><p>${description}</p>${name === 'Webhooks' && signing(shown[0])}${shown.map((entry) => article(entry, view, document, base))}</section>`
  })
  const contents = navigation(document, entries)
  const { title, description, version } = document.info
  const mount = document.servers[0]?.url ?? '/'
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: API reference</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${new Html(STYLE)}</style>
</head>
<body>
<div class="page">
<nav aria-label="Contents"><strong>${title}</strong>${contents}</nav>
<main>
<details class="contents"><summary>Contents</summary>${contents}</details>
<h1>${title}</h1>
<p class="lead">${description}</p>
<div class="facts"><span>Base <code>${base}</code></span><span>Version ${version}</span><span><a href="${mount === '/' ? '' : mount}/openapi.json">OpenAPI document</a></span></div>
${start(document, base)}
${sections}
</main>
</div>
</body>
</html>
`.text
}

function entriesOf({ paths, webhooks, components }: OpenApiDocument): Entry[] {
  const all = [...Object.entries(paths), ...Object.entries(webhooks)]
  return all.flatMap(([path, { parameters: shared = [], ...methods }]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: slug(operation.operationId),
      tag: operation.tags[0] ?? '',
      method: method as Method,
      path,
      operation,
      parameters: [...shared, ...(operation.parameters ?? [])].map((one) =>
        resolved<Parameter>(one, components.parameters),
      ),
    })),
  )
}

function navigation({ tags }: OpenApiDocument, entries: readonly Entry[]): Html[] {
  return tags.map(({ name }) => {
    const links = entries
      .filter(({ tag }) => tag === name)
      .map(({ id, operation }) => html`<li><a href="#${id}">${operation.summary}</a></li>`)
    return html`<h2>${name}</h2><ul>${links}</ul>`
  })
}

function start({ webhooks }: OpenApiDocument, base: string): Html {
  const event = Object.keys(webhooks)[0] ?? 'event'
  const body = spaced({ event, target: 'https://example.com/target' })
  return html`<h4>Subscribe</h4><pre class="shell"><code>curl ${base}/ \\
  -H 'Authorization: Bearer …' \\
  -H 'Content-Type: application/json' \\
  -d ${shellText(body)}</code></pre>`
}

function signing(first: Entry | undefined): Html | undefined {
  if (first === undefined) return undefined
  const headers = first.parameters.map(
    ({ name, description = '' }) =>
      html`<li><div class="name"><code>${name}</code></div><p>${prose(description)}</p></li>`,
  )
  return html`<article><div><h3>Each of them is signed</h3><p class="small">As <a href="https://www.standardwebhooks.com" rel="noreferrer">Standard Webhooks</a> has it, so there is a library for it in every language. Any answer of 2xx within the time limit means that it arrived.</p><ul class="properties">${headers}</ul></div></article>`
}

function article(entry: Entry, view: SchemaView, document: OpenApiDocument, base: string): Html {
  const { id, method, path, operation, tag } = entry
  const isWebhook = tag === 'Webhooks'
  const given = Object.values(operation.requestBody?.content ?? {})[0]
  return html`<article>
<div>
<h3 id="${id}"><a href="#${id}">${operation.summary}</a></h3>
${!isWebhook && html`<div class="route"><span class="method ${method}">${method.toUpperCase()}</span>${path}</div>`}
${operation.description !== undefined && html`<p class="small">${prose(operation.description)}</p>`}
${!isWebhook && parametersView(entry, view)}
${given !== undefined && !isWebhook && html`<h4>Body</h4>${view.properties(given.schema, 'required')}`}
${given !== undefined && isWebhook && dataView(given.schema, view)}
${!isWebhook && answersView(operation, view, document)}
</div>
<div>${isWebhook ? sample(given) : [curl(entry, document, base), answerSample(operation, document)]}</div>
</article>`
}

/** What is the same for all of them, `hook`, is seen from the example. */
function dataView({ properties }: JsonSchema, view: SchemaView): Html | undefined {
  const { data } = (properties ?? {}) as { data?: JsonSchema }
  if (data === undefined) return undefined
  const note = view.description(data)
  return html`<h4>Data</h4>${note !== undefined && html`<p class="small">${prose(note)}</p>`}${view.properties(data, 'optional')}`
}

function parametersView({ parameters }: Entry, view: SchemaView): Html | undefined {
  if (parameters.length === 0) return undefined
  const items = parameters.map(
    ({ name, required, schema, description }) =>
      html`<li><div class="name"><code>${name}</code> <span class="type">${view.type(schema)}</span>${required && html` <span class="marked">required</span>`}</div>${description !== undefined && html`<p>${prose(description)}</p>`}</li>`,
  )
  return html`<h4>Parameters</h4><ul class="properties">${items}</ul>`
}

function answersView({ responses }: Operation, view: SchemaView, { components }: OpenApiDocument): Html {
  const answers = Object.entries(responses).map(([status, response]) => {
    const { description, content } = resolved<ApiResponse>(response, components.responses)
    const schema = content?.['application/json']?.schema
    const type = schema !== undefined && status.startsWith('2') && view.type(schema)
    return html`<li><code>${status}</code><span>${prose(description)}${type !== false && html` <span class="type">${type}</span>`}</span></li>`
  })
  return html`<h4>Answers</h4><ul class="answers">${answers}</ul>`
}

function sample(media: { schema: JsonSchema; example?: unknown } | undefined): Html | undefined {
  if (media?.example === undefined) return undefined
  return code(media.example)
}

function code(value: unknown): Html {
  // Digits that a number would lose are kept; the indent is only for the eye.
  return html`<pre><code>${JSON.stringify(JSON.parse(toJson(value, 'example')), null, 2)}</code></pre>`
}

function curl({ method, path, operation }: Entry, document: OpenApiDocument, base: string): Html {
  const flag =
    method === 'get' || (method === 'post' && operation.requestBody?.required === true)
      ? ''
      : ` -X ${method.toUpperCase()}`
  const given =
    operation.requestBody?.required === true ? operation.requestBody.content['application/json'] : undefined
  const lines = [`curl${flag} ${shellText(`${base}${path}`)}`, `  -H 'Authorization: Bearer …'`]
  if (given !== undefined) {
    lines.push(
      `  -H 'Content-Type: application/json'`,
      `  -d ${shellText(spaced(requestExample(given.schema, document)))}`,
    )
  }
  return html`<pre class="shell"><code>${lines.join(' \\\n')}</code></pre>`
}

/** What has to be there, and of a hook its event. */
function requestExample(schema: JsonSchema, document: OpenApiDocument): unknown {
  const target = schemaOf(schema, document)
  const { required = [], properties = {} } = target as { required?: string[]; properties?: object }
  const names = ['event' in properties && required.includes('target') ? 'event' : '', ...required].filter(
    Boolean,
  )
  const whole = exampleOf({ ...inlined(target, document) }) as Record<string, unknown>
  const wanted = names.length > 0 ? names : Object.keys(whole).filter((name) => name === 'target')
  return Object.fromEntries(
    wanted.map((name) => [name, name === 'target' ? 'https://example.com/target' : whole[name]]),
  )
}

function answerSample({ responses }: Operation, document: OpenApiDocument): Html | undefined {
  const [, response] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? []
  if (response === undefined) return undefined
  const schema = resolved<ApiResponse>(response, document.components.responses).content?.['application/json']
    ?.schema
  if (schema === undefined || (schema.properties === undefined && schema.type === 'object')) return undefined
  return code(exampleOf(inlined(schema, document)))
}

/** With the document's schemas in place of references to them; short lists of names stay short. */
function inlined(schema: JsonSchema, document: OpenApiDocument, depth = 0): JsonSchema {
  if (depth > 8) return {}
  const target = schemaOf(schema, document)
  const entries = Object.entries(target).map(
    ([key, value]) => [key, inlinedValue(value, document, depth)] as const,
  )
  return Object.fromEntries(entries)
}

function inlinedValue(value: unknown, document: OpenApiDocument, depth: number): unknown {
  if (Array.isArray(value)) return value.map((item) => inlinedValue(item, document, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return inlined(value as JsonSchema, document, depth + 1)
}

function schemaOf(schema: JsonSchema, { components }: OpenApiDocument): JsonSchema {
  const name = /^#\/components\/schemas\/([^/]+)$/.exec(String(schema.$ref ?? ''))?.[1]
  return name === undefined ? schema : (components.schemas[name] ?? {})
}

function resolved<Kind extends object>(value: Kind | Reference, known: Readonly<Record<string, Kind>>): Kind {
  if (!('$ref' in value)) return value
  return known[value.$ref.slice(value.$ref.lastIndexOf('/') + 1)] as Kind
}

/** JSON on one line, which breaks where there is a space. */
function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll(/([{[])\n\s*|\n\s*([}\]])/g, '$1$2')
    .replaceAll(/\n\s*/g, ' ')
}

/** The text as one word of a shell. */
function shellText(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

function slug(text: string): string {
  return encodeURIComponent(text.replaceAll(/\s+/g, '-'))
}
