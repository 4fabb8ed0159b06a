import { isIP } from 'node:net';
import { parseDomain } from '../../kernel/email-address.js';
import { TrackerError } from '../../kernel/errors.js';

/** The next mail server, and how to speak to it. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet (RFC 8314 §3.3). */
  readonly secure: boolean;
  /** Nothing is sent before STARTTLS has succeeded. */
  readonly requireTLS: boolean;
  /** A server on this machine is not asked for STARTTLS: nobody else hears it, and its certificate is rarely valid. */
  readonly ignoreTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  /** What EHLO calls us. Default: the machine's host name. */
  readonly name?: string;
  /** How many connections are open at once. */
  readonly maxConnections: number;
}

/** RFC 8314: implicit TLS, and submission with STARTTLS. */
const defaultPorts: Readonly<Record<string, number>> = { 'smtps:': 465, 'smtp:': 587 };
/** As many as deliveries that are sent at the same time. */
const DEFAULT_CONNECTIONS = 8;
const MAX_CONNECTIONS = 100;
const parameters = ['name', 'maxConnections', 'requireTLS'];

/**
 * Reads `smtp://` and `smtps://` with user, password, host, port and the parameters `name` (for EHLO), `maxConnections`
 * and `requireTLS=true`. With a password, TLS is required unless the server is on this machine: nobody sends one in clear by a slip.
 *
 * @throws TrackerError `configuration-invalid` naming `mail.url`; neither user nor password is ever quoted
 */
export function parseSmtpUrl(text: string): SmtpServer {
  if (!URL.canParse(text)) throw invalid('it is no URL');
  const url = new URL(text);
  const port = defaultPorts[url.protocol];
  if (port === undefined) throw invalid('it must begin with smtp:// or smtps://');
  if (!/^\/?$/.test(url.pathname) || url.hash !== '') {
    throw invalid('nothing may stand after the host but ?parameters; write special characters of a password as %40');
  }
  const host = hostOf(url);
  const auth = authOf(url);
  const secure = url.protocol === 'smtps:';
  const local = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  const parameter = parameterOf(url);
  const asked = parameter('requireTLS');
  if (asked !== undefined && asked !== 'true') throw invalid('requireTLS can only be true');
  const requireTLS = !secure && (asked === 'true' || (auth !== undefined && !local));
  return {
    host,
    port: url.port === '' ? port : Number(url.port),
    secure,
    requireTLS,
    ignoreTLS: local && !requireTLS,
    auth,
    name: nameOf(parameter('name')),
    maxConnections: connectionsOf(parameter('maxConnections')),
  };
}

function hostOf({ hostname }: URL): string {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  // One label is what a server is called in a container network.
  if (isIP(host) !== 0 || /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(host)) return host;
  const domain = parseDomain(decoded(host));
  if (domain === undefined) throw invalid('it names no host');
  return domain;
}

function authOf({ username, password }: URL): SmtpServer['auth'] {
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') throw invalid('give both a user and a password, or neither');
  return { user: decoded(username), pass: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a % in it is followed by no two hex digits; write the sign itself as %25');
  }
}

function parameterOf({ searchParams }: URL): (name: string) => string | undefined {
  for (const name of searchParams.keys()) {
    if (!parameters.includes(name)) throw invalid(`its parameters are ${parameters.join(', ')}`);
  }
  return (name) => searchParams.get(name) ?? undefined;
}

function nameOf(name: string | undefined): string | undefined {
  if (name !== undefined && parseDomain(name) === undefined) throw invalid('name must be a host name');
  return name;
}

function connectionsOf(text = String(DEFAULT_CONNECTIONS)): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_CONNECTIONS) return count;
  throw invalid(`maxConnections must be from 1 to ${MAX_CONNECTIONS}`);
}

function invalid(reason: string): TrackerError {
  return new TrackerError(
    'configuration-invalid',
    `mail.url: ${reason}. Give one such as smtps://user:password@mail.example.com or smtp://127.0.0.1:1025`,
  );
}
