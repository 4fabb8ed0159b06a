import { simpleParser, type Attachment } from 'mailparser';
import type { MimeEntity } from '../../libs/conversation-tracker/src/message/mime/message-tree.js';
import { isRefused, splitMessage } from '../../libs/conversation-tracker/src/message/mime/split-message.js';
import type { RelayedCopy } from '../../libs/conversation-tracker/src/message/relay/relay-job.js';
import { parserOptions } from './independent-reader.js';

/** Where a copy differs from what came though no edit is told of there: by octets, and as mailparser reads both. */
export async function comparePaths(raw: Buffer, copy: RelayedCopy): Promise<string[]> {
  return [...compareOctets(raw, copy), ...(await compareReadings(raw, copy))];
}

function compareOctets(raw: Buffer, { raw: sent, replaced, notes }: RelayedCopy): string[] {
  // What is removed moves the paths of what comes behind it.
  if (notes.length > 0) return [];
  const bodies = leafBodies(sent);
  const edited = new Set(
    replaced.filter(({ kind }) => kind !== 'header' && kind !== 'mailbox').map(({ path }) => path),
  );
  return [...leafBodies(raw)]
    .filter(([path, body]) => !edited.has(path) && bodies.get(path)?.equals(body) !== true)
    .map(([path]) => `part ${path || 'of the message'}`);
}

function leafBodies(raw: Buffer): Map<string, Buffer> {
  const tree = splitMessage(raw);
  const bodies = new Map<string, Buffer>();
  const visit = ({ path, children, bodyStart, end }: MimeEntity): void => {
    if (children.length === 0) bodies.set(path, raw.subarray(bodyStart, end));
    else children.forEach(visit);
  };
  if (!isRefused(tree)) visit(tree.root);
  return bodies;
}

async function compareReadings(raw: Buffer, { raw: sent, replaced, notes }: RelayedCopy): Promise<string[]> {
  const [before, after] = await Promise.all([raw, sent].map((one) => simpleParser(one, parserOptions)));
  const kinds = new Set<string>(replaced.map(({ kind }) => kind));
  const differing: string[] = [];
  // mailparser shows the head of a nested message in the text.
  const isHeadKept = notes.length === 0 && !kinds.has('mailbox') && !kinds.has('header');
  if (isHeadKept && !kinds.has('plain') && before.text !== after.text) differing.push('text');
  if (isHeadKept && !kinds.has('html') && before.html !== after.html) differing.push('html');
  if (notes.length === 0 && replaced.every(({ kind }) => kind === 'header' || kind === 'file-name')) {
    const contents = after.attachments.map(({ content }) => content);
    const isSame = ({ content }: Attachment, i: number): boolean => contents.at(i)?.equals(content) === true;
    differing.push(
      ...before.attachments.filter((one, i) => one.contentType !== 'message/rfc822' && !isSame(one, i)).map(nameOf),
    );
  }
  return differing;
}

function nameOf({ contentType }: Attachment): string {
  return `attachment of ${contentType}`;
}
