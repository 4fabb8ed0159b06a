import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  Query,
  Redirect,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../auth/auth.decorators.js';
import { InboxGuard } from '../inbox/inbox.guard.js';
import { storeIds } from '../stores/stores.js';
import { PlaceDto, StepDto, WordsDto } from './playground.dto.js';
import { PlaygroundGuard } from './playground.guard.js';
import { emptyPage, playgroundPage, playgroundPolicy } from './playground-page.js';
import { PlaygroundService } from './playground.service.js';
import { playgroundStyle } from './playground-style.js';

/** Pages for people alone: each form is answered by the way back to the page. */
@ApiExcludeController()
@Controller()
@Public()
@UseGuards(InboxGuard, PlaygroundGuard)
export class PlaygroundController {
  constructor(private readonly playground: PlaygroundService) {}

  /** Where a newcomer who opens the printed address ends up. */
  @Get()
  @Redirect('/playground')
  welcome(): void {}

  @Get('playground.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  @Header('Cache-Control', 'no-cache')
  style(): string {
    return playgroundStyle;
  }

  @Get('playground')
  @Header('Content-Security-Policy', playgroundPolicy)
  @Header('Cache-Control', 'no-store')
  async choose(@Res({ passthrough: true }) response: Response, @Query('order') order?: string): Promise<string | void> {
    const choices = await this.playground.choices();
    const chosen =
      choices.find(({ storeId, orderId }) => `${storeId}/${orderId}` === order) ??
      choices.find(({ hasMailbox }) => hasMailbox);
    if (chosen) return response.redirect(HttpStatus.SEE_OTHER, `/playground/${chosen.storeId}/${chosen.orderId}`);
    response.type('html');
    return emptyPage(storeIds);
  }

  @Post('playground')
  async place(@Body() { store }: PlaceDto, @Res() response: Response): Promise<void> {
    const orderId = await this.playground.placeOrder(store);
    response.redirect(HttpStatus.SEE_OTHER, `/playground/${store}/${orderId}`);
  }

  @Get('playground/:storeId/:orderId')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', playgroundPolicy)
  @Header('Cache-Control', 'no-store')
  async show(@Param('storeId') storeId: string, @Param('orderId') orderId: string): Promise<string> {
    return playgroundPage(await this.playground.scene(storeId, orderId));
  }

  @Post('playground/:storeId/:orderId/steps')
  @HttpCode(HttpStatus.SEE_OTHER)
  async take(@Param() { storeId, orderId }: OfOrder, @Body() { step }: StepDto, @Res() response: Response) {
    await this.playground.takeStep(storeId, orderId, step);
    back(response, { storeId, orderId }, 'steps');
  }

  @Post('playground/:storeId/:orderId/letters')
  async write(@Param() { storeId, orderId }: OfOrder, @Body() words: WordsDto, @Res() response: Response) {
    await this.playground.write(storeId, orderId, words);
    back(response, { storeId, orderId }, 'mailboxes');
  }

  @Post('playground/:storeId/:orderId/later')
  async later(@Param() { storeId, orderId }: OfOrder, @Res() response: Response) {
    await this.playground.twoMonthsLater(storeId, orderId);
    back(response, { storeId, orderId }, 'later');
  }
}

interface OfOrder {
  storeId: string;
  orderId: string;
}

/** So that loading the page again does nothing again. The order's id was found in the database, so it is one. */
function back(response: Response, { storeId, orderId }: OfOrder, section: string): void {
  response.redirect(HttpStatus.SEE_OTHER, `/playground/${storeId}/${orderId}#${section}`);
}
