import { Module } from '@nestjs/common';
import { TimeMachine } from './time-machine.js';

@Module({ providers: [TimeMachine], exports: [TimeMachine] })
export class ClockModule {}
