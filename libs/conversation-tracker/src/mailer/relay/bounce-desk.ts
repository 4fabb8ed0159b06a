import { Injectable } from '@nestjs/common';
import { type ArrivedMessage } from './arrived-message.js';

/** Does with a message what has to be done when it came to the envelope sender of one of our deliveries (R26). */
@Injectable()
export class BounceDesk {
  async take(_message: ArrivedMessage, _deliveryId: string): Promise<void> {}
}
