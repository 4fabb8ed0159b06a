import { Controller, Get, Injectable } from '@nestjs/common';
import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import { Cron } from '@nestjs/schedule';

/** What a stranger's app did before the tracker came: a job each second, and an `order.created` of its own making. */
@Injectable()
export class HostHabits {
  readonly runsBySecond = new Map<number, number>();
  readonly heard: unknown[] = [];

  @Cron('* * * * * *')
  everySecond(): void {
    const second = Math.round(Date.now() / 1000);
    this.runsBySecond.set(second, (this.runsBySecond.get(second) ?? 0) + 1);
  }

  @OnEvent('order.created')
  orderCreated(payload: unknown): void {
    this.heard.push(payload);
  }
}

@Controller('habits')
export class HostHabitsController {
  constructor(
    private readonly habits: HostHabits,
    private readonly emitter: EventEmitter2,
  ) {}

  @Get('cron')
  cron(): object {
    const runs = [...this.habits.runsBySecond.values()];
    // One that a busy machine made late shares its second with the next; one that runs twice does so in each.
    return { seconds: runs.length, least: Math.min(...runs) };
  }

  @Get('order-created')
  orderCreated(): object {
    this.emitter.emit('order.created', { basket: 7 });
    return { heard: this.habits.heard };
  }
}
