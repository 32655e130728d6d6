var e=document.querySelector("[data-reload]");e&&window.setTimeout(()=>window.location.reload(),Number(e.dataset.reload)*1e3);
