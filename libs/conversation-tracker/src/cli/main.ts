#!/usr/bin/env node
import { maskCommand } from './mask.command.js';

const USAGE = 'Usage: nestjs-conversation-tracker mask FILE.json … [--order-id NAME] [--json]\n';
const write = {
  out: (text: string) => void process.stdout.write(text),
  error: (text: string) => void process.stderr.write(text),
};

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === 'mask') process.exitCode = await maskCommand(args, write);
  else {
    write.error(USAGE);
    process.exitCode = 2;
  }
}

void main(process.argv.slice(2));
