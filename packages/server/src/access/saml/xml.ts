// Owns: which text passes for XML here, and the plain tree that rules are judged on.
import { DOMParser } from '@xmldom/xmldom'

/** An element without what no rule asks for. `text`: of the element itself, not of those inside it. */
export type XmlElement = {
  readonly namespace: string
  readonly name: string
  /** By name as it is written, without namespace declarations. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  readonly text: string
}

/** What was sent is not XML, or more of XML than anybody needs here. The message says what, and quotes nothing. */
export class XmlError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'XmlError'
  }
}

/** The little of the DOM that is read; the library's own types would bring a browser's globals into the server. */
type Node = {
  readonly nodeType: number
  readonly nodeName: string
  readonly nodeValue: string | null
  readonly localName: string | null
  readonly namespaceURI: string | null
  readonly prefix: string | null
  readonly childNodes: ArrayLike<Node>
  readonly attributes: ArrayLike<Node>
}

const nodeTypes = { element: 1, text: 3, instruction: 7, comment: 8, cdata: 4 }
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
/** Far more than any answer of an identity provider: recursion must end, and signatures look at every element more than once. */
const maxDepth = 40
const maxElements = 5_000

// XML 1.0, 2.2: what may stand in a document at all.
const forbiddenCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u
const declaration = /^<\?xml\s+version=(["'])1\.0\1(?:\s+encoding=(["'])(?:utf-8)\2)?(?:\s+standalone=(["'])(?:yes|no)\3)?\s*\?>/i
const reference = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});)/i
const numericReference = /&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi
const name = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?'
const tag = new RegExp(`<(?:(/)(${name})\\s*|(${name})((?:\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/)?)>`, 'y')

/**
 * Holds a text to the part of XML on which no two parsers differ: one tree of elements with quoted attributes and text. No DOCTYPE, no
 * comment, no CDATA, no processing instruction, no entity but the five and numbers, no tag that closes another. Whatever a signature
 * covered and whatever is read afterwards is then the same.
 */
function requirePlain(text: string): void {
  if (forbiddenCharacter.test(text)) throw new XmlError('It holds a character that XML does not allow.')
  const start = declaration.exec(text)?.[0].length ?? 0
  if (text.includes('<!')) throw new XmlError('It holds a DOCTYPE, a comment or a CDATA section.')
  if (text.includes('<?', start)) throw new XmlError('It holds a processing instruction.')
  if (reference.test(text)) throw new XmlError('It holds an entity that XML does not define.')
  for (const [, hex, decimal] of text.matchAll(numericReference)) {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    if (code > 0x10ffff || forbiddenCharacter.test(String.fromCodePoint(code))) {
      throw new XmlError('It holds a character that XML does not allow.')
    }
  }
  const open: string[] = []
  let at = start
  let roots = 0
  let elements = 0
  while (at < text.length) {
    const next = text.indexOf('<', at)
    const between = text.slice(at, next === -1 ? undefined : next)
    if (open.length === 0 && !/^[\t\n\r ]*$/.test(between)) throw new XmlError('It holds text outside its outermost element.')
    if (next === -1) break
    tag.lastIndex = next
    const found = tag.exec(text)
    if (found === null) throw new XmlError('A tag is not well-formed.')
    const [whole, closes, closed, opened, , selfClosed] = found
    if (closes !== undefined) {
      if (open.pop() !== closed) throw new XmlError('A tag closes another element than the one that is open.')
    } else {
      if (open.length === 0) roots += 1
      elements += 1
      if (selfClosed === undefined) open.push(opened ?? '')
    }
    if (roots > 1 || open.length > maxDepth || elements > maxElements) {
      throw new XmlError('It has more than one outermost element, or too many elements or levels.')
    }
    at = next + whole.length
  }
  if (open.length > 0 || roots === 0) throw new XmlError('It ends before its outermost element does.')
}

function elementOf(node: Node, depth: number): XmlElement {
  if (depth > maxDepth) throw new XmlError('It has too many levels.')
  if (node.prefix !== null && node.prefix !== '' && (node.namespaceURI ?? '') === '') throw new XmlError('A prefix is not declared.')
  const attributes = new Map<string, string>()
  const expanded = new Set<string>()
  for (const attribute of Array.from(node.attributes)) {
    const { nodeName, nodeValue, prefix, localName, namespaceURI } = attribute
    if (nodeName === 'xmlns' || prefix === 'xmlns') {
      // A prefix that stands for something else than everybody thinks.
      const bound = prefix === 'xmlns' ? localName : ''
      if (bound === 'xml' || bound === 'xmlns' || nodeValue === xmlNamespace) throw new XmlError('A prefix is declared anew.')
      continue
    }
    if (prefix !== null && prefix !== '' && prefix !== 'xml' && (namespaceURI ?? '') === '') throw new XmlError('A prefix is not declared.')
    const key = `${prefix === null || prefix === '' ? '' : namespaceURI} ${localName ?? nodeName}`
    if (expanded.has(key)) throw new XmlError('An attribute is there twice.')
    expanded.add(key)
    attributes.set(nodeName, nodeValue ?? '')
  }
  const children: XmlElement[] = []
  let text = ''
  for (const child of Array.from(node.childNodes)) {
    if (child.nodeType === nodeTypes.element) children.push(elementOf(child, depth + 1))
    else if (child.nodeType === nodeTypes.text || child.nodeType === nodeTypes.cdata) text += child.nodeValue ?? ''
    else if (child.nodeType !== nodeTypes.comment && child.nodeType !== nodeTypes.instruction) throw new XmlError('It holds an entity.')
  }
  return { namespace: node.namespaceURI ?? '', name: node.localName ?? node.nodeName, attributes, children, text }
}

/**
 * Parses a text.
 *
 * @param options.plain  only what `requirePlain` lets pass: for what is signed. Otherwise comments and the like are skipped
 * @throws XmlError
 */
export function parseXml(text: string, { plain }: { plain: boolean }): XmlElement {
  if (plain) requirePlain(text)
  else if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new XmlError('It holds a DOCTYPE.')
  const fail = (): never => {
    throw new XmlError('It is not well-formed.')
  }
  let document: { childNodes: ArrayLike<Node> } | undefined
  try {
    const parser = new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } })
    document = parser.parseFromString(text, 'text/xml') as unknown as { childNodes: ArrayLike<Node> } | undefined
  } catch {
    fail()
  }
  const roots = Array.from(document?.childNodes ?? []).filter(({ nodeType }) => nodeType === nodeTypes.element)
  const [root] = roots
  if (root === undefined || roots.length !== 1) throw new XmlError('It has not one outermost element.')
  return elementOf(root, 1)
}

/** The elements of one kind directly inside. */
export function childrenOf(element: XmlElement, namespace: string, name: string): XmlElement[] {
  return element.children.filter((child) => child.namespace === namespace && child.name === name)
}

/** An element and all inside it, outermost first. */
export function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* everyElement(child)
}
