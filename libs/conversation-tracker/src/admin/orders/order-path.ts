export const orderPath = (orderId: string): string => `/orders/${encodeURIComponent(orderId)}`;
