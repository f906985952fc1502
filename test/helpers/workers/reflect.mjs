/** Gives back what it was called with. */
export default (params, context) => ({ params, context: { ...context, input: [...context.input] } });
