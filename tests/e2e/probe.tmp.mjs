import { openPage, closeBrowser, position } from './harness.mjs';
{
const { page } = await openPage({ lang:'en' });
for (const id of ['3','1','5']) {
 await page.keyboard.press('Home');
 const lost=[];
 for (let i=0;i<44;i++){ await page.locator(`[data-server="${id}"]`).focus(); await page.keyboard.press('ArrowRight'); if (await page.evaluate(()=>document.activeElement===document.body)) lost.push((await position(page)).index);}
 console.log('disc',id,'focus lost arriving at',lost.join(' '));
}
await page.keyboard.press('Home');
await page.evaluate(()=>{window.el=[...document.querySelectorAll('[data-server]')]; });
for (let i=0;i<30;i++){ await page.keyboard.press('ArrowRight');
 const r=await page.evaluate(()=>{const now=[...document.querySelectorAll('[data-server]')]; const same=now.map((e,i)=>e===window.el[i]); window.el=now; return same.join()});
 if(r.includes('false')) console.log((await position(page)).index,r);}
}
{
const { page } = await openPage({ lang:'en', width:390,height:844,touch:true,isMobile:true });
await page.screenshot({path:'/tmp/e2e/phone-en.png'});
const wide=await page.evaluate(()=>[...document.querySelectorAll('#app *')].filter(e=>e.getBoundingClientRect().right>391&&e.checkVisibility()).map(e=>e.tagName+'.'+(e.className.baseVal??e.className)+' '+e.getBoundingClientRect().right.toFixed()).slice(0,12));
console.log(wide, await page.evaluate(()=>innerWidth+' '+document.scrollingElement.scrollWidth));
for(let i=0;i<3;i++) await page.locator('[data-action="step-forward"]').tap();
await page.getByRole('button', { name: 'Ballots' }).tap(); await page.waitForTimeout(300);
console.log(await page.locator('[data-tally-for="1"]').evaluate(e=>JSON.stringify(e.getBoundingClientRect())), await page.evaluate(()=>innerWidth+'x'+innerHeight));
await page.screenshot({path:'/tmp/e2e/phone-en-rail.png'});
}
{
const { page } = await openPage({ lang:'zh', width:390,height:844,touch:true,isMobile:true });
for(let i=0;i<8;i++) await page.locator('[data-action="step-forward"]').tap();
await page.screenshot({path:'/tmp/e2e/phone-zh-q.png'});
}
await closeBrowser();
