import { Get, NotFoundException } from '@nestjs/common';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { AdminPages } from './admin-pages.decorator.js';

/** One more segment than any page has. A wildcard would be written otherwise by each router. */
const SOMEWHERE = [':a', ':a/:b', ':a/:b/:c', ':a/:b/:c/:d', ':a/:b/:c/:d/:e', ':a/:b/:c/:d/:e/:f'];

/** Below the pages but no page: says so, with the way back. Comes behind all others, so that it takes nothing from them. */
@AdminPages()
export class NoPage {
  @Get(SOMEWHERE)
  @Requires('timeline.read')
  nothing(): never {
    throw new NotFoundException();
  }
}
