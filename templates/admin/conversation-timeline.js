// <conversation-timeline order-id="…">: an order's conversation within a page of the host's own.
{
  const pages = document.currentScript.src.replace(/\/conversation-timeline\.js(\?.*)?$/, '');

  class ConversationTimeline extends HTMLElement {
    static observedAttributes = ['order-id', 'lang'];

    #frame = document.createElement('iframe');
    #resize = ({ source, data }) => {
      const height = Number(Object(data).conversationTimelineHeight);
      if (source === this.#frame.contentWindow && height > 0)
        this.#frame.style.height = `${Math.min(height, 20_000)}px`;
    };

    connectedCallback() {
      Object.assign(this.#frame.style, { display: 'block', width: '100%', height: '24rem', border: '0' });
      window.addEventListener('message', this.#resize);
      this.#show();
      this.append(this.#frame);
    }

    disconnectedCallback() {
      window.removeEventListener('message', this.#resize);
      this.#frame.remove();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#show();
    }

    #show() {
      const orderId = this.getAttribute('order-id') ?? '';
      const lang = this.getAttribute('lang');
      this.#frame.title = this.getAttribute('label') ?? `Conversation of order ${orderId}`;
      const src = `${pages}/framed/orders/${encodeURIComponent(orderId)}${lang ? `?lang=${encodeURIComponent(lang)}` : ''}`;
      if (orderId && this.#frame.getAttribute('src') !== src) this.#frame.src = src;
    }
  }

  customElements.define('conversation-timeline', ConversationTimeline);
}
