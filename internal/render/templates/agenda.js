(() => {
  zones(document.body, document.getElementById('zone'), () => {});
  document.querySelector('.tools').hidden = false;
})();
