import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { greets } from './greets.mjs';
import { guideTexts } from './guide.mjs';
import { until } from './reference-oms.mjs';

const run = promisify(execFile);
const packaged = fileURLToPath(new URL('../../libs/conversation-tracker', import.meta.url));
/** What every Postfix has, without a chroot; the first is the port. */
const services = (port) => `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

/** Whether this machine can run a Postfix of its own: it needs root and Debian's package. */
export async function hasPostfix() {
  const installed = await run('postconf', ['-d', '-h', 'daemon_directory']).catch(() => undefined);
  return installed !== undefined && process.getuid?.() === 0;
}

/** A Postfix with folders of its own, set up by the guide's texts; the machine's own is left alone. */
export class Postfix {
  /**
   * @param {'deliver' | 'smtp'} way how it hands messages on
   * @param {{ webhookUrl: string, secretFile: string, smtpPort: number, inboxPort: number, port: number }} places
   */
  static async start(directory, way, places) {
    const config = join(directory, 'etc');
    for (const folder of [config, join(directory, 'spool'), join(directory, 'lib')])
      await mkdir(folder, { recursive: true });
    for (const path of [directory, config]) await chmod(path, 0o755);
    const postfix = new Postfix(directory, config, places.port);
    const texts = await postfix.texts(places);
    await writeFile(join(config, 'tracker_domains'), way === 'deliver' ? texts.domains : texts.forwarded);
    await writeFile(join(config, 'main.cf'), `${await postfix.basics(places)}${texts.main}`);
    await writeFile(join(config, 'master.cf'), `${services(places.port)}${way === 'deliver' ? texts.master : ''}`);
    await postfix.run();
    return postfix;
  }

  constructor(directory, config, port) {
    Object.assign(this, { directory, config, port });
  }

  /** Delivers what waits now. */
  async flush() {
    await run('postqueue', ['-c', this.config, '-f']);
  }

  /** How many messages wait. */
  async waiting() {
    const { stdout } = await run('postqueue', ['-c', this.config, '-j']);
    return stdout.split('\n').filter(Boolean).length;
  }

  log() {
    return readFile(join(this.directory, 'lib', 'maillog'), 'utf8').catch(() => '');
  }

  async stop() {
    await run('postfix', ['-c', this.config, 'stop']).catch(() => undefined);
    await this.ended;
  }

  async texts({ webhookUrl, secretFile, smtpPort }) {
    const command = await this.installCommand();
    const [domains, main, master, forwarded] = await guideTexts('Postfix', {
      '/etc/postfix': this.config,
      '/etc/tracker/webhook.secret': secretFile,
      '/usr/local/bin/nestjs-conversation-tracker': command,
      'https://oms.example.com/conversation-tracker/inbound/raw': webhookUrl,
      '[127.0.0.1]:2526': `[127.0.0.1]:${smtpPort}`,
      'user=tracker': 'user=nobody',
    });
    return { domains, main, master, forwarded };
  }

  /** Where the user of the pipe may read it, which a checkout in somebody's home is not. */
  async installCommand() {
    const folder = join(this.directory, 'package');
    await cp(packaged, folder, {
      recursive: true,
      filter: (path) => !/\/(?:src|node_modules)(?:\/|$)/.test(path.slice(packaged.length)),
    });
    const { bin } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return `${process.execPath} ${join(folder, Object.values(bin)[0])}`;
  }

  async basics({ inboxPort }) {
    const { stdout } = await run('postconf', ['-d', '-h', 'daemon_directory', 'command_directory']);
    const [daemons, commands] = stdout.trim().split('\n');
    const owner = await run('id', ['-u', 'postfix']);
    await chown(join(this.directory, 'lib'), Number(owner.stdout), 0);
    return `compatibility_level = 3.6
queue_directory = ${this.directory}/spool
data_directory = ${this.directory}/lib
daemon_directory = ${daemons}
command_directory = ${commands}
maillog_file = ${this.directory}/lib/maillog
maillog_file_prefixes = ${this.directory}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.ct.example.com
mydestination =
local_recipient_maps =
mynetworks =
smtpd_tls_security_level = none
smtp_tls_security_level = may
relayhost = [127.0.0.1]:${inboxPort}
minimal_backoff_time = 300s
`;
  }

  async run() {
    await run('postfix', ['-c', this.config, 'check']);
    const master = spawn('postfix', ['-c', this.config, 'start-fg'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [master.stdout, master.stderr]) stream.on('data', (text) => (said += text));
    this.ended = once(master, 'exit');
    await until(() => greets(this.port), 'Postfix does not answer').catch(async (error) => {
      await this.stop();
      throw new Error(`${said}${await this.log()}`, { cause: error });
    });
  }
}
