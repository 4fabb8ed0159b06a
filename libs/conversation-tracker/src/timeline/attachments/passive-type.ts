/** What a browser only shows or saves, never runs. */
const PASSIVE =
  /^(?:(?:image|audio|video|font)\/|application\/(?:pdf|zip|gzip|json|msword|rtf|vnd\.)|text\/(?:plain|csv|calendar|vcard)$)/;
const ACTIVE = /\+xml$|svg|html|script/;
const SHAPE = /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/;

/** The type under which a file of somebody's is sent: its own, unless a browser could take it for a program of the host's. */
export function passiveType(type: string): string {
  const isSafe = SHAPE.test(type) && PASSIVE.test(type) && !ACTIVE.test(type);
  return isSafe ? type : 'application/octet-stream';
}
