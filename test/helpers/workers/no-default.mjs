export const misnamed = () => 'never called';
