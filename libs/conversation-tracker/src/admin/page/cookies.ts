import { type IncomingHttpHeaders } from 'node:http';

/** The value of a cookie (RFC 6265 §5.4), as it came: only values that we could have set are of use. */
export function readCookie(headers: IncomingHttpHeaders, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

export interface CookiePlace {
  path: string;
  /** Over TLS alone. */
  secure: boolean;
}

/** A cookie that no script reads and no other site sends. @param seconds how long it lives; the browser's session by default */
export function writeCookie(name: string, value: string, { path, secure }: CookiePlace, seconds?: number): string {
  const life = seconds === undefined ? '' : `; Max-Age=${seconds}`;
  return `${name}=${value}; Path=${path}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}${life}`;
}
