import type { Request } from 'express';

const NAME = 'oms_session';

export function sessionSecret(request: Request): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1);
}

/** Lax, so that a link in a mail opens a page of who is signed in; what changes something is checked besides. */
export function sessionCookie(request: Request, secret: string | undefined): string {
  const secure = request.secure ? '; Secure' : '';
  const life = secret === undefined ? '; Max-Age=0' : '';
  return `${NAME}=${secret ?? ''}; Path=/; HttpOnly; SameSite=Lax${secure}${life}`;
}
