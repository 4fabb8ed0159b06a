import type { MimeEntity } from '../mime/message-tree.js';
import { isRefused, splitMessage } from '../mime/split-message.js';
import { apparentType } from '../mime/text-kind.js';
import { decodeBody, decodedPieces } from '../mime/transfer-encoding.js';
import { namesInZip } from './zip-names.js';

/** What Windows, macOS, Linux or Android runs, installs or mounts when somebody opens it. */
const EXTENSIONS = new Set(
  (
    'ade adp apk app appimage appref-ms appx appxbundle bash bat cab chm cmd com command cpl crx deb diagcab dll dmg ear exe ex_ gadget ' +
    'hlp hta img inf ins iso isp jar jnlp js jse ksh lnk mde mjs msc msi msix msixbundle msp mst ocx osx pif pkg ps1 ps1xml ps2 ' +
    'psc1 psm1 reg rpm run scf scpt scr sct settingcontent-ms sh shb sys url vb vbe vbs vhd vhdx vxd war wim wsc wsf wsh xll xpi zsh'
  ).split(' '),
);

const TYPES =
  /^(?:application\/(?:x-(?:ms-?dos-?program|msdownload|dosexec|executable|elf|mach-binary|sharedlib|sh|shellscript|bat|csh|perl|msi|ms-shortcut|ms-installer|java-archive|javascript|apple-diskimage|iso9660-image|rpm|debian-package)|vnd\.(?:microsoft\.portable-executable|android\.package-archive|debian\.binary-package)|java-archive|javascript|ecmascript|hta|exe|bat|msix)|text\/(?:javascript|ecmascript|vbscript|x-(?:sh|shellscript|python|perl)))$/;

/** ELF; Mach-O of both sorts, both ways round, and for several processors, like a Java class; a shortcut of Windows. */
const MARKS = ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', '4c00000001140200'];

/** More than any mark at the beginning of a file. */
const HEAD = 4 * 1024;
/** More than the list of an archive takes that was not made up to be slow. */
const DIRECTORY = 2 * 1024 * 1024;
/** Messages encoded within each other; what is deeper counts as what it may hide. */
const DEEPEST = 4;

/** True where a part, or what lies in a message or a ZIP archive that it is, would run on somebody's machine. */
export function isExecutableFile(raw: Buffer, entity: MimeEntity, depth = 0): boolean {
  if (entity.children.length > 0) return entity.children.some((child) => isExecutableFile(raw, child, depth));
  const type = apparentType(entity);
  if (TYPES.test(type) || isExecutableName(entity.fileName)) return true;
  const contentOf = (octets: number) => {
    const body = raw.subarray(entity.bodyStart, Math.min(entity.end, entity.bodyStart + octets));
    return decodeBody(body, entity.encoding).bytes;
  };
  if (/^message\/(?:rfc822|global)$/.test(type)) return isInMessage(contentOf(raw.length), depth);
  const head = contentOf(HEAD);
  if (isExecutableHead(head, entity.disposition === 'attachment')) return true;
  if (!isZip(head)) return false;
  const names = namesInZip(endOf(raw.subarray(entity.bodyStart, entity.end), entity.encoding));
  return (names.length > 0 ? names : namesInZip(contentOf(raw.length))).some(isExecutableName);
}

/** The octets in which an archive lists what lies in it. */
function endOf(body: Buffer, encoding: string): Buffer {
  const end: Buffer[] = [];
  let length = 0;
  for (const piece of decodedPieces(body, encoding)) {
    end.push(piece);
    length += piece.length;
    while (length - end[0].length >= DIRECTORY) length -= end.shift()!.length;
  }
  return Buffer.concat(end);
}

function isInMessage(message: Buffer, depth: number): boolean {
  if (depth === DEEPEST) return true;
  const tree = splitMessage(message);
  return isRefused(tree) || isExecutableFile(message, tree.root, depth + 1);
}

/** Windows takes no notice of blanks and full stops at the end, nor of a stream's name. */
function isExecutableName(name: string): boolean {
  const [plain] = name.split(':');
  const extension = /\.([\w-]{1,20})$/.exec(plain.replace(/[\s.\p{Cf}]+$/u, ''))?.[1];
  return extension !== undefined && EXTENSIONS.has(extension.toLowerCase());
}

function isExecutableHead(head: Buffer, isAttachment: boolean): boolean {
  const mark = head.toString('latin1', 0, 2);
  // MZ alone may begin a text; a program has octets in its header that none has.
  if (mark === 'MZ') return head.subarray(0, 64).includes(0);
  if (mark === '#!') return isAttachment;
  const hex = head.toString('hex', 0, 8);
  return MARKS.some((one) => hex.startsWith(one));
}

function isZip(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === 'PK\x03\x04';
}
