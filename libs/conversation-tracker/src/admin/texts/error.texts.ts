import { defineTexts } from './define-texts.js';

/** For each error that a person may meet: what it is, and what to do. */
export const errorTexts = defineTexts({
  en: {
    'error.signIn': 'Sign in first',
    'error.signInMend': 'This page is for the people of the store. Sign in and open it again.',
    'error.signInLink': 'Sign in',
    'error.denied': 'You may not do this',
    'error.deniedMend':
      'Your role does not include it. Ask whoever manages the store’s accounts for the permission “{action}”.',
    'error.notFound': 'This is not here',
    'error.notFoundMend':
      'It may have been deleted, or the address of the page is not whole. Look for it again from the start.',
    'error.orderNotFound': 'This store has no such order',
    'error.orderNotFoundMend': 'Check the number of the order, or look for it in the list.',
    'error.staleForm': 'This form is too old',
    'error.staleFormMend':
      'It was opened before you signed in, or in another window. Nothing was changed. Go back, load the page again and repeat it.',
    'error.invalid': 'Something in the form is not right',
    'error.invalidMend': 'Nothing was changed. Go back and correct it.',
    'error.conflict': 'This cannot be done now',
    'error.conflictMend': 'Something has changed meanwhile. Load the page again to see how it stands.',
    'error.tooLarge': 'This is too large',
    'error.tooLargeMend': 'Nothing was sent. Go back and attach less.',
    'error.busy': 'Too many requests',
    'error.busyMend': 'Wait a minute, then load the page again.',
    'error.quota': 'No more real addresses for now',
    'error.quotaMend': 'You have seen, or asked about, as many as you may in a day or a minute. Try again later.',
    'error.server': 'This did not work',
    'error.serverMend':
      'It is not your fault. Try again in a minute; if it stays so, tell whoever runs the system at what time it happened.',
    'error.back': 'Go to the start',
  },
  es: {
    'error.signIn': 'Inicie sesión',
    'error.signInMend': 'Esta página es para el personal de la tienda. Inicie sesión y ábrala de nuevo.',
    'error.signInLink': 'Iniciar sesión',
    'error.denied': 'No tiene permiso para esto',
    'error.deniedMend': 'Su rol no lo incluye. Pida el permiso «{action}» a quien administra las cuentas de la tienda.',
    'error.notFound': 'Esto no está aquí',
    'error.notFoundMend':
      'Puede que se haya borrado o que la dirección de la página esté incompleta. Búsquelo desde el inicio.',
    'error.orderNotFound': 'Esta tienda no tiene ese pedido',
    'error.orderNotFoundMend': 'Compruebe el número del pedido o búsquelo en la lista.',
    'error.staleForm': 'Este formulario es demasiado antiguo',
    'error.staleFormMend':
      'Se abrió antes de iniciar sesión o en otra ventana. No se cambió nada. Vuelva atrás, recargue la página y repítalo.',
    'error.invalid': 'Algo del formulario no es correcto',
    'error.invalidMend': 'No se cambió nada. Vuelva atrás y corríjalo.',
    'error.conflict': 'Esto no se puede hacer ahora',
    'error.conflictMend': 'Algo cambió entretanto. Recargue la página para ver cómo está.',
    'error.tooLarge': 'Esto es demasiado grande',
    'error.tooLargeMend': 'No se envió nada. Vuelva atrás y adjunte menos.',
    'error.busy': 'Demasiadas peticiones',
    'error.busyMend': 'Espere un minuto y recargue la página.',
    'error.quota': 'Por ahora no más direcciones reales',
    'error.quotaMend': 'Ha visto, o preguntado por, tantas como puede en un día o un minuto. Inténtelo más tarde.',
    'error.server': 'Esto no funcionó',
    'error.serverMend':
      'No es culpa suya. Inténtelo en un minuto; si sigue igual, diga a quien mantiene el sistema a qué hora ocurrió.',
    'error.back': 'Ir al inicio',
  },
  pt: {
    'error.signIn': 'Entre primeiro',
    'error.signInMend': 'Esta página é para a equipe da loja. Entre e abra-a de novo.',
    'error.signInLink': 'Entrar',
    'error.denied': 'Você não tem permissão para isto',
    'error.deniedMend': 'O seu papel não a inclui. Peça a permissão “{action}” a quem administra as contas da loja.',
    'error.notFound': 'Isto não está aqui',
    'error.notFoundMend':
      'Pode ter sido apagado, ou o endereço da página está incompleto. Procure de novo a partir do início.',
    'error.orderNotFound': 'Esta loja não tem esse pedido',
    'error.orderNotFoundMend': 'Confira o número do pedido ou procure-o na lista.',
    'error.staleForm': 'Este formulário é antigo demais',
    'error.staleFormMend':
      'Foi aberto antes de você entrar, ou em outra janela. Nada foi alterado. Volte, recarregue a página e repita.',
    'error.invalid': 'Algo no formulário não está certo',
    'error.invalidMend': 'Nada foi alterado. Volte e corrija.',
    'error.conflict': 'Isto não pode ser feito agora',
    'error.conflictMend': 'Algo mudou nesse meio-tempo. Recarregue a página para ver como está.',
    'error.tooLarge': 'Isto é grande demais',
    'error.tooLargeMend': 'Nada foi enviado. Volte e anexe menos.',
    'error.busy': 'Pedidos demais',
    'error.busyMend': 'Espere um minuto e recarregue a página.',
    'error.quota': 'Por ora, nenhum endereço real a mais',
    'error.quotaMend': 'Você viu, ou perguntou por, tantos quantos pode em um dia ou um minuto. Tente mais tarde.',
    'error.server': 'Isto não funcionou',
    'error.serverMend':
      'A culpa não é sua. Tente em um minuto; se continuar, diga a quem cuida do sistema a que horas aconteceu.',
    'error.back': 'Ir para o início',
  },
});
