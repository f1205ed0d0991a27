declare module 'myanmar-tools' {
  interface Tools {
    ZawgyiDetector: new () => { getZawgyiProbability(text: string): number };
    ZawgyiConverter: new () => { zawgyiToUnicode(text: string): string };
  }
  const tools: Tools;
  export default tools;
}
