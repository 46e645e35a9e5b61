import { chromium } from '@playwright/test';
import { mkdirSync, readFileSync } from 'node:fs';
const url=readFileSync('/tmp/lang-url','utf8'); mkdirSync('/tmp/shots',{recursive:true});
const {ensureChromium}=await import('/work/wt/lang/scripts/setup/chromium.mjs');
const exe=await ensureChromium();
const browser=await chromium.launch(typeof exe==='string'?{executablePath:exe}:{});
const [langs,widths,themes,pages]=[process.argv[2].split(','),process.argv[3].split(',').map(Number),process.argv[4].split(','),process.argv[5].split(',')];
const PATHS={overview:'/',activity:'/activity',servers:'/servers',new:'/servers/new',earn:'/earn',referrals:'/referrals',transfers:'/transfers',missing:'/nope',settings:'/settings'};
const storage={};
for(const lang of langs){ 
 const base=await browser.newContext({baseURL:url,locale:lang,extraHTTPHeaders:{'x-forwarded-for':'10.9.9.'+(10+langs.indexOf(lang))}});
 const r=await base.request.post('/api/auth/sign-in/email',{headers:{origin:url},data:{email:'player@demo.test',password:'pictures of every page'}}); if(!r.ok()) throw new Error(await r.text());
 const state=await base.storageState();
 for(const width of widths) for(const theme of themes){
  const c=await browser.newContext({baseURL:url,locale:lang,storageState:state,viewport:{width,height:width<500?844:900},colorScheme:theme,reducedMotion:'reduce',extraHTTPHeaders:{'x-forwarded-for':'10.9.8.'+(10+langs.indexOf(lang))}});
  const p=await c.newPage(); p.on('console',m=>{if(['error','warning'].includes(m.type()))console.log(lang,p.url(),m.text().slice(0,600))}); p.on('pageerror',e=>console.log(lang,p.url(),'PAGEERROR',e.message.slice(0,600)));
  for(const name of pages){
   const path = name==='item' ? (await p.goto('/activity'), await p.locator('main li a').first().getAttribute('href')) : name==='server' ? (await p.goto('/servers'), await p.locator('main h2 a').first().getAttribute('href')) : name==='popover'||name==='menu'||name==='palette'||name==='sheet' ? '/' : PATHS[name];
   await p.goto(path); await p.waitForTimeout(900);
   if(name==='popover'){ await p.locator('header [data-slot=credits-display] button:visible').first().click(); await p.waitForTimeout(500);}
   if(name==='menu'){ await p.locator('header button[aria-haspopup=menu]').click(); await p.waitForTimeout(400);}
   if(name==='palette'){ await p.keyboard.press('Control+k'); await p.waitForTimeout(900);}
   if(name==='sheet'){ await p.locator('header button[aria-haspopup=dialog]').first().click(); await p.waitForTimeout(600);}
   const over=await p.evaluate(()=>document.documentElement.scrollWidth-innerWidth); if(over>0) console.log('WIDE',lang,width,name,over);
   await p.screenshot({path:`/tmp/shots/${lang}-${name}-${width}-${theme}.png`,fullPage:!['popover','menu','palette','sheet'].includes(name)});
  } await c.close(); } await base.close(); }
await browser.close();
