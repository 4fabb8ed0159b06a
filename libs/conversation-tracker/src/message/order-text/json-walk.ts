import { closingQuote, decodeJsonString, isKey } from './json-string.js';

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
  for (let i = 0; i < text.length; i++) {
    const innermost = containers.at(-1);
    switch (text[i]) {
      case '{':
      case '[':
        containers.push({ start: i, isObject: text[i] === '{', key: '', index: 0 });
        break;
      case '}':
      case ']':
        containers.pop();
        if (innermost) visitor.onClose?.(innermost, i + 1, containers);
        break;
      case ',':
        if (innermost) innermost.index++;
        break;
      case '"': {
        const end = closingQuote(text, i + 1);
        const names = innermost?.isObject === true && isKey(text, end);
        if (names) innermost.key = decodeJsonString(text.slice(i + 1, end)).text;
        visitor.onString?.(i + 1, end, names, containers);
        i = end;
        break;
      }
      default:
    }
  }
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
