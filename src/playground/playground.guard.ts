import { type CanActivate, Injectable, NotFoundException } from '@nestjs/common';
import { PlaygroundService } from './playground.service.js';

/** Stands behind the inbox's guard: the playground needs a port for mail to aliases as well. */
@Injectable()
export class PlaygroundGuard implements CanActivate {
  constructor(private readonly playground: PlaygroundService) {}

  canActivate(): boolean {
    if (!this.playground.isOpen) throw new NotFoundException();
    return true;
  }
}
