import { closingQuote, decodeJsonString, isKey } from './json-string.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** An object or an array that is open while a JSON text is walked through. */
export interface JsonContainer {
  /** Where its bracket stands. */
  start: number;
  isObject: boolean;
  /** The member or the element that is being read. */
  key: string;
  index: number;
}

export interface JsonVisitor {
  /** A string between its quotes, in the innermost of `containers`. */
  onString?(start: number, end: number, isKey: boolean, containers: readonly JsonContainer[]): void;
  /** `end` is the place after the closing bracket. */
  onClose?(container: JsonContainer, end: number, containers: readonly JsonContainer[]): void;
}

/** Walks through a JSON text that is known to be valid, without a stack of calls: depth is the writer's to choose. */
export function walkJson(text: string, visitor: JsonVisitor): void {
  const containers: JsonContainer[] = [];
  let innermost: JsonContainer | undefined;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case BRACE:
      case BRACKET:
        innermost = { start: i, isObject: text.charCodeAt(i) === BRACE, key: '', index: 0 };
        containers.push(innermost);
        break;
      case CLOSING_BRACE:
      case CLOSING_BRACKET: {
        const closed = containers.pop();
        innermost = containers.at(-1);
        if (closed) visitor.onClose?.(closed, i + 1, containers);
        break;
      }
      case COMMA:
        if (innermost) innermost.index++;
        break;
      case QUOTE: {
        const end = closingQuote(text, i + 1);
        const names = innermost?.isObject === true && isKey(text, end);
        if (innermost && names) innermost.key = decodedKey(text.slice(i + 1, end));
        visitor.onString?.(i + 1, end, names, containers);
        i = end;
        break;
      }
      default:
    }
  }
}

function decodedKey(raw: string): string {
  return raw.includes('\\') ? decodeJsonString(raw).text : raw;
}

/** `items[0].seller.email`; a key that may hold an at sign shows as `["*"]`, so that a path names no address. */
export function pathOf(containers: readonly JsonContainer[]): string {
  return containers.reduce((path, { isObject, key, index }) => joinPath(path, isObject ? key : index), '');
}

/** The same with `[]` for every index, as `DeclaredRoles` has it. */
export function declaredPathOf(containers: readonly JsonContainer[]): string {
  return containers.reduce((path, { isObject, key }) => (isObject ? joinPath(path, key) : `${path}[]`), '');
}

export function joinPath(path: string, segment: string | number): string {
  if (typeof segment === 'number') return `${path}[${segment}]`;
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(segment))
    return `${path}[${/[@%&\\\uff20\ufe6b]/.test(segment) ? '"*"' : JSON.stringify(segment)}]`;
  return path === '' ? segment : `${path}.${segment}`;
}
